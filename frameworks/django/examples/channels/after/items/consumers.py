from channels.generic.websocket import AsyncJsonWebsocketConsumer


class ItemConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
