"""Broadcasts a picture with a frame counter, and a tone, by WHIP with GStreamer's webrtcbin.

    BEARER_TOKEN=key python3 whip-broadcaster.py URL --codec h264 --profile high

Tells what happens as JSON lines; ends with SIGTERM, after it has deleted its session.
"""

import argparse
import sys
import threading
import time

from frame_counter import Painter
from session import Gst, GstWebRTC, Session, tell

WIDTH, HEIGHT, FRAMES_A_SECOND = 640, 360, 30
TONE_HERTZ = 440
KEY_FRAME_SECONDS = 10


def encoder(options):
    """The part of the pipeline from raw pictures to RTP."""
    frames = KEY_FRAME_SECONDS * FRAMES_A_SECOND
    if options.codec in ("vp8", "vp9"):
        return (
            f"{options.codec}enc deadline=1 cpu-used=8 target-bitrate=800000 keyframe-max-dist={frames} "
            f"lag-in-frames=0 error-resilient=default ! "
            f"rtp{options.codec}pay picture-id-mode=15-bit ! "
            f"application/x-rtp,media=video,encoding-name={options.codec.upper()},payload=96"
        )
    # Of one slice each: rtph264pay repeats the parameter sets before every slice of a key frame.
    shape = "threads=1 sliced-threads=false"
    # x264 names a stream by what it makes use of, so each profile gets what sets it apart.
    shape += {"baseline": "", "main": " cabac=true", "high": " cabac=true dct8x8=true"}[options.profile]
    # With zerolatency there are no frames that refer to later ones.
    tuning = f"bframes={options.b_frames} b-adapt=false" if options.b_frames else "tune=zerolatency"
    profile = "constrained-baseline" if options.profile == "baseline" else options.profile
    return (
        f"x264enc speed-preset=ultrafast {tuning} {shape} bitrate=800 key-int-max={frames} ! "
        f"video/x-h264,profile={profile} ! h264parse ! "
        f"rtph264pay config-interval=-1 aggregate-mode=zero-latency ! "
        f"application/x-rtp,media=video,encoding-name=H264,payload=102"
    )


def build(options):
    pictures = (
        f"appsrc name=pictures is-live=true do-timestamp=true format=time max-buffers=2 leaky-type=downstream "
        f"caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FRAMES_A_SECOND}/1 ! "
        f"queue max-size-buffers=4 ! {encoder(options)} ! webrtc."
    )
    tone = (
        f"audiotestsrc is-live=true freq={TONE_HERTZ} volume=0.05 ! audio/x-raw,rate=48000,channels=1 ! "
        f"opusenc ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! webrtc."
    )
    parts = ["webrtcbin name=webrtc bundle-policy=max-bundle", pictures]
    if options.audio:
        parts.append(tone)
    pipeline = Gst.parse_launch(" ".join(parts))
    return pipeline, pipeline.get_by_name("webrtc"), pipeline.get_by_name("pictures")


def ready_to_send(webrtc):
    """Makes every transceiver send only, and repeat what was lost of pictures, as broadcasters do."""
    index = 0
    while (transceiver := webrtc.emit("get-transceiver", index)) is not None:
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        transceiver.set_property("do-nack", index == 0)
        index += 1


def draw(source):
    """Gives the pipeline a frame every thirtieth of a second, and never more than are due."""
    painter = Painter(WIDTH, HEIGHT)
    start = time.monotonic()
    count = 0
    while True:
        time.sleep(max(0, start + count / FRAMES_A_SECOND - time.monotonic()))
        if source.emit("push-buffer", Gst.Buffer.new_wrapped(painter.paint(count))) != Gst.FlowReturn.OK:
            return
        count += 1
        if count % FRAMES_A_SECOND == 0:
            tell("drawn", count=count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="the WHIP endpoint")
    parser.add_argument("--codec", choices=["vp8", "vp9", "h264"], default="vp8")
    parser.add_argument("--profile", choices=["baseline", "main", "high"], default="baseline", help="of H.264")
    parser.add_argument("--b-frames", type=int, default=0, help="of H.264 main or high, between two others")
    parser.add_argument("--no-audio", dest="audio", action="store_false")
    options = parser.parse_args()
    pipeline, webrtc, source = build(options)
    ready_to_send(webrtc)
    session = Session(options.url, pipeline, webrtc)
    threading.Thread(target=draw, args=[source], daemon=True).start()
    return session.run()


sys.exit(main())
