"""What customers said, in their own words."""
