"""Pictures of released versions: the house's way of drawing, found, drawn and kept. Knows no recipient."""
