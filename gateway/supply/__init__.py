"""What is released, as the gateway finds it: versions, their files, and what it makes of them. Knows no recipient."""
