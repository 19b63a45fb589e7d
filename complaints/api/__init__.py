"""The API of complaints and inquiries."""
