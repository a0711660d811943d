"""How each form of arrival becomes rows of text. One file a form; nothing here knows what a column means."""
