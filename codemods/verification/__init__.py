"""The proof behind ``verify``: start the service, send requests, look at what arrives.

Nothing else in this project runs the user's code.
"""
