class Limit:
    """An ASGI middleware that lets so many requests in."""

    def __init__(self, app, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope, receive, send) -> None:
        await self.app(scope, receive, send)
