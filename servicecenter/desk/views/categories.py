"""The categories of the knowledge base, on the pages of the management."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.bulletins.actions.categories import may_name
from servicecenter.bulletins.forms.categories import CategoryForm
from servicecenter.bulletins.models import ArticleVersion, Category
from servicecenter.lib.refusals import NotFound

leaders = only(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


@require_safe
@leaders
@never_cache
def categories(request: HttpRequest) -> HttpResponse:
    """All of them in their order, with how many articles in force each has."""
    counted = ArticleVersion.objects.in_force().values_list("category").annotate(count=Count("id"))
    counts = dict(counted.order_by())
    rows = [(each, counts.get(each.pk, 0)) for each in Category.objects.all()]
    context = {"rows": rows, "may_name": may_name(current_user(request))}
    return render(request, "bulletins/categories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.ADMIN)
@never_cache
def category(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """A new one, or the names and the place of one."""
    found = Category.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if pk and found is None:
        raise NotFound
    form = CategoryForm(request.POST if request.method == "POST" else None, category=found)
    if form.is_bound and form.save(current_user(request)):
        messages.success(request, _("The category is saved."))
        return redirect("desk:knowledge_categories")
    context = {"form": form, "category": found}
    return render(request, "bulletins/category.html", context, status=422 if form.is_bound else 200)
