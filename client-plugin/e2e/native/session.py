"""One WebRTC session over HTTP: an offer is posted, the answer taken, and the session deleted at the end.

WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) are the same from here: only who sends differs. What happens
is told on standard output, one JSON object a line, each with an `event`.
"""

import json
import os
import signal
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

for namespace in ("Gst", "GstSdp", "GstWebRTC"):
    gi.require_version(namespace, "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)

# Seconds that the server may take to answer a request.
HTTP_TIMEOUT = 20


_telling = threading.Lock()


def tell(event, **facts):
    """One line of JSON. GStreamer calls from threads of its own, whose lines must not run into each other."""
    line = json.dumps({"event": event, **facts}) + "\n"
    with _telling:
        sys.stdout.write(line)
        sys.stdout.flush()


def promised(element, action, *arguments):
    """Does one of webrtcbin's actions and waits for what it replies."""
    promise = Gst.Promise.new()
    element.emit(action, *arguments, promise)
    promise.wait()
    return promise.get_reply()


class Session:
    """Runs a pipeline that has a webrtcbin in it, from its offer until SIGTERM or SIGINT."""

    def __init__(self, url, pipeline, webrtc):
        self._url = url
        self._pipeline = pipeline
        self._webrtc = webrtc
        self._loop = GLib.MainLoop()
        self._location = None
        self._offering = False
        self._posted = False
        self._status = 0
        webrtc.connect("on-negotiation-needed", self._on_negotiation_needed)
        webrtc.connect("notify::connection-state", self._on_connection_state)
        webrtc.connect("notify::ice-gathering-state", self._on_gathering_state)
        bus = pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self._on_error)

    def run(self):
        """Returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, self._end)
        self._pipeline.set_state(Gst.State.PLAYING)
        self._loop.run()
        self._delete()
        self._pipeline.set_state(Gst.State.NULL)
        tell("ended")
        return self._status

    def _end(self, status=0):
        self._status = self._status or status
        self._loop.quit()
        return GLib.SOURCE_REMOVE

    def _on_negotiation_needed(self, _webrtc):
        # It is said again for each pad; one offer holds them all.
        if not self._offering:
            self._offering = True
            threading.Thread(target=self._offer, daemon=True).start()

    def _offer(self):
        reply = promised(self._webrtc, "create-offer", None)
        promised(self._webrtc, "set-local-description", reply.get_value("offer"))

    def _on_gathering_state(self, webrtc, _property):
        state = webrtc.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE and not self._posted:
            self._posted = True
            threading.Thread(target=self._post, daemon=True).start()

    def _post(self):
        offer = self._webrtc.get_property("local-description").sdp.as_text()
        tell("offer", sdp=offer)
        try:
            with self._request("POST", self._url, offer.encode()) as response:
                answer = response.read().decode()
                location = response.headers.get("Location")
                tell("answer", status=response.status, location=location, sdp=answer)
        except urllib.error.HTTPError as error:
            tell("refused", status=error.code, body=error.read().decode(errors="replace"))
            GLib.idle_add(self._end, 1)
            return
        except OSError as error:
            tell("unreachable", reason=str(error))
            GLib.idle_add(self._end, 1)
            return
        self._location = location and urllib.parse.urljoin(self._url, location)
        parsed, message = GstSdp.SDPMessage.new_from_text(answer)
        if parsed != GstSdp.SDPResult.OK:
            tell("failed", reason="the answer is no SDP")
            GLib.idle_add(self._end, 1)
            return
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        reply = promised(self._webrtc, "set-remote-description", description)
        if reply and reply.has_field("error"):
            tell("failed", reason=reply.get_value("error").message)
            GLib.idle_add(self._end, 1)

    def _request(self, method, url, body=None):
        request = urllib.request.Request(url, data=body, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/sdp")
        token = os.environ.get("BEARER_TOKEN")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        return urllib.request.urlopen(request, timeout=HTTP_TIMEOUT)

    def _delete(self):
        if not self._location:
            return
        try:
            with self._request("DELETE", self._location) as response:
                tell("deleted", status=response.status)
        except urllib.error.HTTPError as error:
            tell("deleted", status=error.code)
        except OSError as error:
            tell("unreachable", reason=str(error))

    def _on_connection_state(self, webrtc, _property):
        tell("connection", state=webrtc.get_property("connection-state").value_nick)

    def _on_error(self, _bus, message):
        error, details = message.parse_error()
        tell("failed", reason=error.message, details=details)
        print(details, file=sys.stderr)
        self._end(1)
