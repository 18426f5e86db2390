"""Folder and S3 keep the same promises."""
