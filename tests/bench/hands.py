"""How long do people take? `python -m tests.bench.hands URL`, beside a demo that runs (`make run`).

A resident with a 360 px phone opens the portal and answers the survey of the home; an agent makes follow-up calls in
the station. Taps and keys are real ones of a browser, with pauses as people make them: a resident reads each question
before a mark is tapped, an agent waits until somebody picks up and speaks each question. Prints seconds, taps and
keys; `--write` writes docs/figures/hands.md.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
OWNER, CODE, PASSWORD = "13800000001", "246810", "demo-pass-2026"
# Seconds: reading speed of Chinese on a phone, finding a mark, a step to the next screen.
CHARACTERS_A_SECOND, FIND_A_MARK, NEXT_SCREEN = 5.0, 0.9, 1.0
# Seconds on the telephone: until somebody picks up, the greeting, and each question with its answer.
PICK_UP, GREETING, QUESTION, GOODBYE = (6.0, 14.0), 9.0, 5.0, 4.0
A_KEY = 0.25


def window(browser: Browser, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    return page


def resident(browser: Browser, base: str) -> tuple[float, int]:
    """Seconds from the first tap in the portal to the thanks, and taps. Signing in is not counted."""
    page = window(browser, PHONE)
    page.goto(f"{base}/login/")
    page.fill("[name=phone]", OWNER)
    page.click("main button[type=submit]")
    page.fill("[name=code]", CODE)
    page.click("main button[type=submit]")
    page.wait_for_url("**/portal/**")
    page.goto(f"{base}/portal/surveys/")
    began, taps = monotonic(), 1
    page.locator("a[href*='/s/own/']").first.click()
    page.wait_for_selector("form[data-survey]")
    while page.locator("form[data-survey]").count():
        for group in page.locator("fieldset.scale").all():
            words = group.locator("legend").inner_text()
            sleep(len(words) / CHARACTERS_A_SECOND + FIND_A_MARK)
            group.locator("label").filter(has_text=re.compile(r"^\s*(8|9)\s*$")).last.click()
            taps += 1
        sleep(NEXT_SCREEN)
        page.locator("form[data-survey] button[type=submit]").click()
        taps += 1
    return monotonic() - began, taps


def calls(browser: Browser, base: str, wanted: int, rng: random.Random) -> list[tuple[float, float, int]]:
    """Of each call: seconds, those of them that the agent spoke or waited, and keys."""
    page = window(browser, DESK)
    page.goto(f"{base}/login/staff/")
    page.fill("[name=username]", "agent")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    found = []
    for _turn in range(wanted):
        page.goto(f"{base}/desk/calls/", wait_until="load")
        began, spoken, keys = monotonic(), 0.0, 0

        def press(key: str, pause: float) -> None:
            nonlocal spoken, keys
            sleep(pause + A_KEY)
            spoken += pause
            page.keyboard.press(key)
            keys += 1

        if not page.locator("form[data-ratings]").count():
            press("n", 0)
        page.wait_for_selector("form[data-ratings]")
        picks_up = rng.random() < 0.75
        if picks_up:
            press("9", rng.uniform(*PICK_UP) + GREETING + QUESTION)
            for mark in ("9", "9", "8", "9", "9"):
                press(mark, QUESTION)
            press("y", QUESTION)
            press("s", GOODBYE)
        else:
            press("x", 25.0)
        page.wait_for_selector("[data-action=claim]")
        found.append((monotonic() - began, spoken, keys))
    return found


def main() -> int:
    """Prints the table; 1 if a resident took over two minutes or an hour had room for fewer than thirty calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--calls", type=int, default=6)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        seconds, taps = resident(browser, options.url)
        made = calls(browser, options.url, options.calls, random.Random(8))
        browser.close()
    spent, spoken = sum(each[0] for each in made), sum(each[1] for each in made)
    pace = 3600 * len(made) / spent if made else 0.0
    lines = [
        "| what | figure |",
        "| --- | ---: |",
        f"| the yearly questionnaire on a 360 px phone, from the first tap to the thanks | {seconds:.0f} s |",
        f"| taps | {taps} |",
        f"| follow-up calls made | {len(made)} |",
        f"| seconds a call | {spent / max(1, len(made)):.0f} s |",
        f"| of these spoken or waited on the line | {spoken / max(1, len(made)):.0f} s |",
        f"| keys of a call that was answered | {max((each[2] for each in made), default=0)} |",
        f"| calls an hour at this pace | {pace:.0f} |",
    ]
    print("\n".join(lines))
    if options.write:
        Path("docs/figures/hands.md").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return int(seconds > 120 or pace < 30)


HEAD = f"""# Thumbs and fingers

`python -m tests.bench.hands http://127.0.0.1:8000 --write` beside `make run`, in Chromium with real taps and keys.
Pauses as people make them: {CHARACTERS_A_SECOND:.0f} characters a second are read before each mark, {FIND_A_MARK} s
go to finding it. On the telephone {PICK_UP[0]:.0f}–{PICK_UP[1]:.0f} s pass until somebody picks up (with a quarter
nobody does, 25 s), {GREETING:.0f} s are the greeting, {QUESTION:.0f} s a question with its answer.

"""


if __name__ == "__main__":
    sys.exit(main())
