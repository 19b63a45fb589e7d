"""The API of surveys: answering, campaigns with their results, questionnaires, measures."""
