"""Photos of complaints and inquiries: what is complained of, evidence."""

from __future__ import annotations

from complaints.actions import add_photo
from complaints.models import Complaint, Inquiry
from complaints.queries.cases import complaint_for, inquiry_for
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.cases.photo_api import endpoints


def _keep(case: Complaint | Inquiry, picture: Filed, by: User) -> None:
    add_photo(case, picture=picture, by=by)


ComplaintPhotosEndpoint, ComplaintPhotoEndpoint = endpoints("complaint", "a complaint", complaint_for, _keep)
InquiryPhotosEndpoint, InquiryPhotoEndpoint = endpoints("inquiry", "an inquiry", inquiry_for, _keep)
