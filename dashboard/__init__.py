"""The Dash application: pages people look at; everything it knows comes from a LiveView."""
