"""Watches by WHEP with GStreamer's webrtcbin: reads the frame counter in what it decodes, and hears its tone.

    python3 whep-viewer.py URL --codecs vp8,h264

Tells what happens as JSON lines; ends with SIGTERM, after it has deleted its session. About ten times a second
comes `{"event": "frame", "count": ..., "width": ..., "height": ...}`, where the count is null when there is
none in the picture, and four times a second `{"event": "sound", "share": ...}`: how much of what sounds is the
tone, from 0 to 1, and null in silence.
"""

import argparse
import array
import math
import sys

import frame_counter
from session import Gst, GstWebRTC, Session, tell

TONE_HERTZ = 440
# Enough for the tone, and little to reckon with in Python.
SAMPLE_RATE = 8000
SAMPLES = SAMPLE_RATE // 4
# Of full scale: quieter than this is silence.
LEAST_LOUDNESS = 0.001
FRAMES_BETWEEN = 3

PAYLOADS = {"vp8": ("VP8", 96), "vp9": ("VP9", 98), "h264": ("H264", 102)}
DECODERS = {
    "VP8": "rtpvp8depay request-keyframe=true ! vp8dec",
    "VP9": "rtpvp9depay request-keyframe=true ! vp9dec",
    "H264": "rtph264depay request-keyframe=true wait-for-keyframe=true ! h264parse ! openh264dec",
    "OPUS": "rtpopusdepay ! opusdec plc=true",
}
# These ask for nothing but repetitions and key frames, as a plain player does.
FEEDBACK = "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true,rtcp-fb-ccm-fir=(boolean)true"
H264 = "packetization-mode=(string)1,profile-level-id=(string)42e01f,level-asymmetry-allowed=(string)1"


def video_caps(codecs):
    def one(codec):
        name, payload = PAYLOADS[codec]
        more = f",{H264}" if codec == "h264" else ""
        return (
            f"application/x-rtp,media=video,encoding-name={name},payload={payload},clock-rate=90000,"
            f"{FEEDBACK}{more}"
        )

    return Gst.Caps.from_string(";".join(one(codec) for codec in codecs))


AUDIO_CAPS = "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2"


class Watcher:
    """Plugs a decoder to whatever comes, and looks at its pictures and sound."""

    def __init__(self, pipeline):
        self._pipeline = pipeline
        self._frames = 0
        self._samples = array.array("h")

    def on_pad(self, _webrtc, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        encoding = pad.get_current_caps().get_structure(0).get_string("encoding-name").upper()
        if encoding == "OPUS":
            raw = f"audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate={SAMPLE_RATE},channels=1"
        else:
            raw = "videoconvert ! video/x-raw,format=I420"
        part = Gst.parse_bin_from_description(
            f"queue ! {DECODERS[encoding]} ! {raw} ! appsink name=sink emit-signals=true sync=false", True
        )
        look = self._on_sound if encoding == "OPUS" else self._on_picture
        part.get_by_name("sink").connect("new-sample", look)
        self._pipeline.add(part)
        part.sync_state_with_parent()
        pad.link(part.get_static_pad("sink"))
        tell("track", codec=encoding)

    def _on_picture(self, sink):
        sample = sink.emit("pull-sample")
        self._frames += 1
        if self._frames % FRAMES_BETWEEN:
            return Gst.FlowReturn.OK
        structure = sample.get_caps().get_structure(0)
        width, height = structure.get_value("width"), structure.get_value("height")
        data = sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
        # GStreamer pads the rows of raw pictures to a multiple of four bytes.
        count = frame_counter.read(data, width, height, (width + 3) // 4 * 4)
        tell("frame", count=count, width=width, height=height, frames=self._frames)
        return Gst.FlowReturn.OK

    def _on_sound(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        self._samples.frombytes(buffer.extract_dup(0, buffer.get_size()))
        while len(self._samples) >= SAMPLES:
            tell("sound", share=tone_share(self._samples[:SAMPLES]))
            del self._samples[:SAMPLES]
        return Gst.FlowReturn.OK


def tone_share(samples):
    """The part of the sound's energy that the tone has, by Goertzel's algorithm; None in silence."""
    energy = sum(sample * sample for sample in samples)
    if energy < len(samples) * (LEAST_LOUDNESS * 0x7FFF) ** 2:
        return None
    turn = 2 * math.cos(2 * math.pi * TONE_HERTZ / SAMPLE_RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = last * last + before * before - turn * last * before
    return round(2 * power / (energy * len(samples)), 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="the WHEP endpoint")
    parser.add_argument("--codecs", default="vp8,h264", help="of video, the preferred one first")
    parser.add_argument("--no-audio", dest="audio", action="store_false")
    options = parser.parse_args()
    pipeline = Gst.Pipeline.new()
    webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
    webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    pipeline.add(webrtc)
    webrtc.connect("pad-added", Watcher(pipeline).on_pad)
    session = Session(options.url, pipeline, webrtc)
    receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
    webrtc.emit("add-transceiver", receive, video_caps(options.codecs.split(",")))
    if options.audio:
        webrtc.emit("add-transceiver", receive, Gst.Caps.from_string(AUDIO_CAPS))
    return session.run()


sys.exit(main())
