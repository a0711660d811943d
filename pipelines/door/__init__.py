"""What a delivery shows at the door, what stops it, and who lets it in. Translates nothing."""
