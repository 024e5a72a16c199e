"""Who is told, in which words and over which wire. Routing and texts are pure; channels send."""
