from django.http import HttpRequest, JsonResponse

from items.models import Item


def item_list(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"items": list(Item.objects.values("id", "name"))})


def item_detail(request: HttpRequest, pk: int) -> JsonResponse:
    item = Item.objects.get(pk=pk)
    return JsonResponse({"name": item.name, "price": str(item.price)})
