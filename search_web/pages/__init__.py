"""What people see: Flask pages and what their templates are given."""
