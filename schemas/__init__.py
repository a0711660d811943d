"""What a thing is: pure declarations. Nothing here reads files, opens mappings or imports another room."""
