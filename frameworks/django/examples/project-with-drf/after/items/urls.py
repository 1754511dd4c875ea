from rest_framework.routers import DefaultRouter

from items.views import ItemViewSet

router = DefaultRouter()
router.register("", ItemViewSet)

urlpatterns = router.urls
