from pydantic import BaseModel


class Letter(BaseModel):
    sender: str
    text: str
