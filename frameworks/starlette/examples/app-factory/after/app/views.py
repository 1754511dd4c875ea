from starlette.responses import PlainTextResponse


async def pong(request):
    return PlainTextResponse("pong")


ping = pong
