"""Kept empty: the app is made in web.py."""
