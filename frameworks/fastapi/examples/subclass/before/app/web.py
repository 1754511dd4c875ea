from fastapi import FastAPI


class ShopAPI(FastAPI):
    """FastAPI with our error format."""

    def error(self, code: str) -> dict[str, str]:
        return {"code": code}
