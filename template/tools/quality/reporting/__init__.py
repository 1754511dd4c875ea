"""What `report` writes: one module a format, over one view of the documents."""
