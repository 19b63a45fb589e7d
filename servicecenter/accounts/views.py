"""Signing in and out, one's language, and the way home."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts import actions
from servicecenter.accounts.forms import CodeForm, NewPasswordForm, PhoneForm, StaffLoginForm
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.faces import layout_of
from servicecenter.lib.masks import mask_phone
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.normalise.phones import phone_number
from servicecenter.lib.refusals import Invalid, TooMany

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOMES = {
    Role.AGENT: "/desk/",
    Role.SUPERVISOR: "/desk/",
    Role.TECHNICIAN: "/field/",
    Role.SECURITY: "/field/",
    Role.MANAGER: "/board/",
    Role.RESIDENT: "/portal/",
    Role.ADMIN: "/admin/",
}


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind our own proxy the last hop it added."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.ENV.behind_proxy else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: only a path of our own."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    mine = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if mine and target.startswith("/") else ""


def keep_language(response: HttpResponse, language: str) -> None:
    """Sets the language cookie."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def in_own_language(response: HttpResponse, user: User) -> HttpResponse:
    """The language that the account chose, on whatever device it signs in."""
    if user.language:
        keep_language(response, user.language)
    return response


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Sends each role to its face, strangers to the sign-in page."""
    if isinstance(request.user, User):
        return redirect(HOMES[Role(request.user.role)])
    return redirect("accounts:phone")


@require_http_methods(["GET", "POST"])
@never_cache
def login_staff(request: HttpRequest) -> HttpResponse:
    """User name and password."""
    form = StaffLoginForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.sign_in(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=client_address(request),
            )
        except (Invalid, TooMany) as refusal:
            form.add_error(None, str(refusal.sentence))
            status = refusal.status
        else:
            login(request, user, backend=BACKEND)
            return in_own_language(HttpResponseRedirect(safe_next(request) or HOMES[Role(user.role)]), user)
    context = {"form": form, "next": safe_next(request)}
    return render(request, "accounts/login_staff.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
def login_phone(request: HttpRequest) -> HttpResponse:
    """A resident's phone number; the answer never tells whether we know it."""
    form = PhoneForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        phone = phone_number(form.cleaned_data["phone"])
        if phone is None:
            form.add_error("phone", str(PhoneForm.malformed))
            status = 400
        else:
            try:
                actions.request_code(phone=phone, address=client_address(request))
            except TooMany as refusal:
                form.add_error(None, str(refusal.sentence))
                status = refusal.status
            else:
                request.session["phone"] = phone
                request.session["next"] = safe_next(request)
                return redirect("accounts:code")
    context = {"form": form, "next": safe_next(request)}
    return render(request, "accounts/login_phone.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
def login_code(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the phone."""
    phone = request.session.get("phone")
    if not phone:
        return redirect("accounts:phone")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.sign_in_by_phone(
                phone=phone, code=form.cleaned_data["code"].strip(), address=client_address(request)
            )
        except (Invalid, TooMany) as refusal:
            form.add_error("code", str(refusal.sentence))
            status = refusal.status
        else:
            target = request.session.get("next") or HOMES[Role(user.role)]
            login(request, user, backend=BACKEND)
            return in_own_language(HttpResponseRedirect(target), user)
    context = {"form": form, "phone": mask_phone(phone)}
    return render(request, "accounts/login_code.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    resident = getattr(request.user, "role", "") == Role.RESIDENT
    logout(request)
    return redirect("accounts:phone" if resident else "accounts:login")


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Where one works, and a new password; residents have a page of their own in the portal."""
    user = current_user(request)
    if user.role == Role.RESIDENT:
        return redirect("portal:me")
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:account")
    context = {
        "form": form,
        "communities": Community.objects.visible_to(user),
        "base_layout": layout_of(user.role),
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


@require_safe
@only(*LEADERS)
@never_cache
def manage(request: HttpRequest) -> HttpResponse:
    """The way to everything that is decided rather than done: promises, working time, rosters, texts."""
    return render(request, "accounts/manage.html")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language in a cookie, and with the account if there is one."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request) or "/")
    if language in dict(settings.LANGUAGES):
        keep_language(response, language)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response
