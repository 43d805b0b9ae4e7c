"""Two doors of an API, as small as can be: who am I, and may I write orders."""

from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.kernel.api.auth import need_scope
from erp.urls import urlpatterns as ours


class WhoAmI(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]

    def get(self, request):
        scopes = None if request.auth is None else sorted(request.auth.scopes)
        return Response({"user": request.user.get_username(), "scopes": scopes})


class Orders(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]

    def post(self, request):
        need_scope(request, "sales.orders.write")
        return Response(status=204)


urlpatterns = [*ours, path("tiny/me/", WhoAmI.as_view()), path("tiny/orders/", Orders.as_view())]
