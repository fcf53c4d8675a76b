// Command player watches by WHEP with pion, and joins again whenever its session ends, as programs built on pion do.
//
//	player URL
//
// It reports what happens as JSON lines: `offer` and `answer` with their SDP, `connection` with its state, `track`
// with its kind and codec, and ten times a second at most `received`: the kind, how many packets of it came in this
// session, and the number of the session, from 1. It ends with SIGTERM, after it has deleted its session.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pion/webrtc/v3"
)

// How long to wait before joining again.
const rejoinAfter = 500 * time.Millisecond

// How often what was received is reported, at most.
const reportEvery = 100 * time.Millisecond

type facts map[string]interface{}

var reporting sync.Mutex

func report(event string, more facts) {
	line := facts{"event": event}
	for name, value := range more {
		line[name] = value
	}
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	reporting.Lock()
	defer reporting.Unlock()
	fmt.Println(string(text))
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: player URL")
		os.Exit(2)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	for number := 1; ; number++ {
		if watch(os.Args[1], number, stop) {
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(rejoinAfter):
		}
	}
}

// watch plays one session to its end. It returns true when the program is to end.
func watch(endpoint string, number int, stop <-chan os.Signal) bool {
	// A machine without a network has nothing but loopback.
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	var engine webrtc.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		panic(err)
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithSettingEngine(settings))
	connection, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		panic(err)
	}
	defer connection.Close()

	over := make(chan struct{})
	var once sync.Once
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		report("connection", facts{"state": state.String(), "session": number})
		if state == webrtc.PeerConnectionStateDisconnected || state == webrtc.PeerConnectionStateFailed ||
			state == webrtc.PeerConnectionStateClosed {
			once.Do(func() { close(over) })
		}
	})
	connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		receive(track, number)
	})
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		way := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := connection.AddTransceiverFromKind(kind, way); err != nil {
			panic(err)
		}
	}
	location, err := join(connection, endpoint)
	if err != nil {
		report("refused", facts{"reason": err.Error(), "session": number})
		return false
	}
	select {
	case <-over:
		return false
	case <-stop:
		report("deleted", facts{"status": remove(location)})
		return true
	}
}

// join negotiates a session and returns its URL.
func join(connection *webrtc.PeerConnection, endpoint string) (string, error) {
	offer, err := connection.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(connection)
	if err := connection.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	sdp := connection.LocalDescription().SDP
	report("offer", facts{"sdp": sdp})
	response, err := http.Post(endpoint, "application/sdp", strings.NewReader(sdp))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("status %d: %s", response.StatusCode, body)
	}
	report("answer", facts{"sdp": string(body), "status": response.StatusCode})
	base, err := url.Parse(endpoint)
	if err != nil {
		return "", err
	}
	location, err := base.Parse(response.Header.Get("Location"))
	if err != nil {
		return "", err
	}
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(body)}
	return location.String(), connection.SetRemoteDescription(answer)
}

// receive counts the packets of a track.
func receive(track *webrtc.TrackRemote, number int) {
	kind := track.Kind().String()
	report("track", facts{"kind": kind, "codec": track.Codec().MimeType, "session": number})
	var last time.Time
	for packets := 1; ; packets++ {
		if _, _, err := track.ReadRTP(); err != nil {
			return
		}
		if time.Since(last) >= reportEvery {
			last = time.Now()
			report("received", facts{"kind": kind, "packets": packets, "session": number})
		}
	}
}

func remove(location string) int {
	request, err := http.NewRequest(http.MethodDelete, location, nil)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
