#!/usr/bin/env python3
"""Opens pages in headless Chromium and checks what a reader would meet. No package is needed.

    browser.py SCREENSHOTS PAGE.html...

Of each page: no request but the page itself, no error on the console, every picture drawn and with a title and a
description, no two texts of a picture on each other or outside of it, tables that sort by mouse and keyboard, no
sideways scrolling on a phone, only the page's own script. Screenshots in light, in dark, as wide as a phone, and a
PDF go to the folder SCREENSHOTS, which may be `-` for none.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    """Chromium by its DevTools protocol, over a pair of pipes."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
        if program is None:
            sys.exit("no Chromium found: apt-get install chromium")
        self.profile = tempfile.TemporaryDirectory()
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        def ends():
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        # The two ends must not lie where they go to.
        to_read, to_write = (os.dup(end) if end in (3, 4) else end for end in (to_read, to_write))
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--hide-scrollbars", f"--user-data-dir={self.profile.name}", "about:blank"],
            preexec_fn=ends, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.number = 0
        self.buffer = b""
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Runtime", "Log"]:
            self.call(f"{domain}.enable")

    def message(self, timeout=60):
        """The next message."""
        end = time.monotonic() + timeout
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], max(0, end - time.monotonic()))
            if not ready:
                sys.exit("Chromium does not answer")
            self.buffer += os.read(self.back, 1 << 20)
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        """The result of a command; what happens meanwhile is kept in `events`."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if getattr(self, "session", None):
            command["sessionId"] = self.session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, method):
        """Until an event."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())

    def evaluate(self, expression):
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, page):
        """Opens a file, and waits until it is there."""
        self.events = []
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.wait_for("Page.loadEventFired")

    def look(self, width, scheme):
        """A window so wide, of a reader who prefers light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, file):
        """The whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12000), "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self, file):
        """The page as it prints."""
        printed = self.call("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)
        file.write_bytes(base64.b64decode(printed["data"]))

    def close(self):
        """Ends the browser."""
        self.session = None
        self.process.terminate()
        self.process.wait(timeout=20)
        self.profile.cleanup()


PICTURES = """
(() => {
  for (const details of document.querySelectorAll("details.part")) details.open = true;
  const wrong = [];
  const pictures = [...document.querySelectorAll("svg[role=img]")];
  for (const svg of pictures) {
    const text = (name) => svg.querySelector(":scope > " + name)?.textContent.trim() ?? "";
    const named = svg.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id));
    if (named.some((of) => of === null || of.ownerSVGElement !== svg)) wrong.push(svg.id + ": names nothing of its own");
    if (!text("title") || text("desc").length < 20) wrong.push(svg.id + ": no words");
    const box = svg.getBoundingClientRect();
    if (box.width < 200 || box.height < 100) wrong.push(svg.id + ": not drawn");
    if (svg.querySelectorAll("path, rect, line").length < 4) wrong.push(svg.id + ": empty");
    if (!svg.closest("figure").querySelector("table.numbers tbody tr")) wrong.push(svg.id + ": no numbers");
    const texts = [...svg.querySelectorAll("text")].map((of) => [of.textContent, of.getBoundingClientRect()]);
    for (const [words, at] of texts) {
      if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
        wrong.push(`${svg.id}: "${words}" leaves the picture`);
    }
    for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
      const [a, b] = [texts[i][1], texts[j][1]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 3) wrong.push(`${svg.id}: "${texts[i][0]}" lies on "${texts[j][0]}"`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((of) => of.id);
  if (new Set(ids).size !== ids.length) wrong.push("two elements with one id: " + ids.filter((id, i) => ids.indexOf(id) !== i).slice(0, 3));
  for (const details of document.querySelectorAll("details.part")) details.open = false;
  return { count: pictures.length, wrong: wrong.slice(0, 20) };
})()
"""

SORTED = """
(() => {
  const wrong = [];
  let sorted = 0;
  for (const table of document.querySelectorAll("table.sorts")) {
    const headings = [...table.tHead.rows[0].cells];
    const before = [...table.tBodies[0].rows].map((row) => row.textContent).sort().join();
    headings.forEach((heading, column) => {
      for (const way of ["ascending", "descending"]) {
        heading.querySelector("button").click();
        if (heading.getAttribute("aria-sort") !== way) wrong.push(heading.textContent + ": not " + way);
        const sign = way === "ascending" ? 1 : -1;
        const cells = [...table.tBodies[0].rows].map((row) => row.cells[column]);
        const values = cells.filter((cell) => "v" in cell.dataset).map((cell) => sign * Number(cell.dataset.v));
        if (values.some((value, i) => i > 0 && value < values[i - 1])) wrong.push(heading.textContent + ": out of order");
        sorted += 1;
      }
    });
    if ([...table.tBodies[0].rows].map((row) => row.textContent).sort().join() !== before) wrong.push("rows are lost");
  }
  return { sorted, wrong: wrong.slice(0, 20) };
})()
"""


def check(browser, page, folder):
    """What is wrong with a page, in lines, and what was seen."""
    wrong = []
    browser.look(1280, "light")
    browser.open(page)
    pictures = browser.evaluate(PICTURES)
    wrong += pictures["wrong"]
    if pictures["count"] == 0:
        wrong.append("no picture")
    browser.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    # By keyboard: the first heading of numbers, with Enter.
    heading = 'document.querySelector("table.sorts th.n")'
    browser.evaluate(f"{heading}.querySelector('button').focus()")
    for kind in ["keyDown", "keyUp"]:
        browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    if browser.evaluate(f"{heading}.getAttribute('aria-sort')") != "ascending":
        wrong.append("Enter on a heading sorts nothing")
    tables = browser.evaluate(SORTED)
    wrong += tables["wrong"]
    if browser.evaluate("document.scripts.length") != 1:
        wrong.append("scripts that are not the page's own")
    if browser.evaluate("window.hacked !== undefined || document.querySelector('b.hacked') !== null"):
        wrong.append("a name was run")
    if folder is not None:
        browser.open(page)
        browser.picture(folder / f"{page.stem}-light.png")
        browser.look(1280, "dark")
        browser.picture(folder / f"{page.stem}-dark.png")
        browser.pdf(folder / f"{page.stem}.pdf")
    browser.look(390, "light")
    browser.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    wide = browser.evaluate("document.documentElement.scrollWidth")
    if wide > 390:
        wrong.append(f"on a phone the page is {wide} wide")
    if folder is not None:
        browser.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = false; })")
        browser.picture(folder / f"{page.stem}-phone.png")
    requests = [event["params"]["request"]["url"] for event in browser.events
                if event.get("method") == "Network.requestWillBeSent"]
    own = {page.resolve().as_uri(), "data:,"}
    wrong += [f"asks for {url}" for url in requests if url not in own]
    for event in browser.events:
        is_error = event.get("method") == "Runtime.exceptionThrown" or (
            event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error") or (
            event.get("method") == "Runtime.consoleAPICalled")
        if is_error:
            wrong.append(f"console: {json.dumps(event['params'])[:300]}")
    seen = f"{pictures['count']} pictures, {tables['sorted']} sorts, {len(requests)} requests (the page itself)"
    return wrong, seen


def main():
    """Checks the pages of the command line."""
    folder = None if sys.argv[1] == "-" else pathlib.Path(sys.argv[1])
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    failed = False
    for name in sys.argv[2:]:
        wrong, seen = check(browser, pathlib.Path(name), folder)
        print(f"{name}: {'FAILED' if wrong else 'ok'}, {seen}")
        for line in wrong:
            print(f"  {line}")
        failed |= bool(wrong)
    browser.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
