from starlette.responses import PlainTextResponse


async def app(scope, receive, send):
    await PlainTextResponse("ok")(scope, receive, send)
