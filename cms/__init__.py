"""Editorial content in Wagtail: notices, activities, their audience and receipts, and what editors see of them."""
