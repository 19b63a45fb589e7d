"""Group robots: list, edit, try out, remove."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.notifications.actions import remove_robot, save_robot, test_robot
from servicecenter.notifications.actions.robots import KEEPERS
from servicecenter.notifications.forms import RobotForm
from servicecenter.notifications.kinds import kind_named
from servicecenter.notifications.models import Channel, GroupRobot
from servicecenter.notifications.planning import configured
from servicecenter.notifications.reasons import said

LARGEST = 2**63 - 1
keepers = only(*KEEPERS)


@require_safe
@only(*LEADERS)
@never_cache
def channels(request: HttpRequest) -> HttpResponse:
    """The company's gateways, and the group robots of one's communities."""
    user = current_user(request)
    robots = GroupRobot.objects.visible_to(user).select_related("community")
    ready = configured()
    context = {
        "robots": [
            (robot, [kind.title for code in robot.hears if (kind := kind_named(code))]) for robot in robots
        ],
        "gateways": [(way.label, way.value in ready) for way in (Channel.SMS, Channel.EMAIL)],
        "may_keep": user.role in KEEPERS,
    }
    return render(request, "notifications/channels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def add_robot(request: HttpRequest) -> HttpResponse:
    """A new robot."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def change_robot(request: HttpRequest, pk: int) -> HttpResponse:
    """A robot that is there."""
    return _edit(request, _robot(current_user(request), pk))


def _edit(request: HttpRequest, robot: GroupRobot | None) -> HttpResponse:
    user = current_user(request)
    form = RobotForm(request.POST or None, by=user, robot=robot)
    if request.method == "POST" and form.is_valid():
        try:
            save_robot(robot, by=user, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The robot is saved. Try it out with a test message."))
            return redirect("telling:channels")
    context = {"form": form, "robot": robot}
    return render(request, "notifications/robot.html", context, status=422 if form.errors else 200)


@require_POST
@keepers
def try_robot(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends a test message, and says at once what came of it."""
    user = current_user(request)
    wrong = test_robot(_robot(user, pk), by=user)
    if wrong:
        messages.error(request, _("The test message was not taken. %(why)s") % {"why": said(wrong)})
    else:
        messages.success(request, _("The test message is in the group."))
    return redirect("telling:channels")


@require_POST
@keepers
def drop_robot(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a robot away."""
    user = current_user(request)
    remove_robot(_robot(user, pk), by=user)
    messages.success(request, _("The robot is removed, and its address with it."))
    return redirect("telling:channels")


def _robot(user: User, pk: int) -> GroupRobot:
    robot = GroupRobot.objects.visible_to(user).filter(pk=min(pk, LARGEST)).first()
    if robot is None:
        raise NotFound
    return robot
