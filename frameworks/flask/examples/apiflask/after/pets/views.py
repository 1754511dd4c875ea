from apiflask import APIBlueprint

bp = APIBlueprint("pets", __name__, url_prefix="/pets")


@bp.get("/<int:pet_id>")
def pet(pet_id):
    return {"id": pet_id}
