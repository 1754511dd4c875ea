from fastapi import FastAPI as Application
from fastapi import Query

service = Application()


@service.get("/search")
def search(q: str = Query(min_length=3)) -> list[str]:
    return [word for word in ("table", "stable", "cable") if q in word]
