"""The learner's way in: opening a link, browsing and START, setting up the account."""
