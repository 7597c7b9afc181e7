using System;
using UnityEngine;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Speaks a line when the scene starts, through the AudioSource beside it: so its volume and place are the sound's.</summary>
[RequireComponent(typeof(AudioSource))]
public class SpeakOnStart : MonoBehaviour
{
    [Tooltip("Begins with dd-. Empty: the environment variable DEEPDUB_API_KEY. A key in a build can be read by its players.")]
    public string apiKey = "";
    public string voicePromptId = Client.TrialVoice;
    [Tooltip("With the same seed the same line sounds the same.")]
    public int seed = 7;
    [TextArea] public string text = "Welcome to the show.";

    private Client client;
    private Session session;
    private Player player;

    /// <summary>Is told when a line is over for the ear.</summary>
    public event Action<TrackEnd> Heard;

    /// <summary>Whether something is being said, or is about to be.</summary>
    public bool IsSpeaking
    {
        get { return player != null && player.State.Activity != PlayerActivity.Idle; }
    }

    /// <summary>Says something, after what is being said.</summary>
    public void Speak(string line, long id)
    {
        var request = new SpeechRequest(line, voicePromptId)
        {
            Format = AudioFormat.Mp3, SampleRate = 48000, Realtime = true, Seed = seed,
        };
        session.Speak(request, new LineOptions { Player = player, TrackId = id, OnEnd = Report });
    }

    /// <summary>Falls silent at once, whatever was still to be said.</summary>
    public void Interrupt()
    {
        player.Flush();
    }

    private void Start()
    {
        // One channel: Read copies it to as many as the engine has.
        player = new Player(new PlayerOptions { SampleRate = AudioSettings.outputSampleRate });
        client = new Client(new ClientOptions { ApiKey = apiKey == "" ? null : apiKey });
        session = client.OpenSession(new SessionOptions { Delivery = Delivery.Poll });
        Speak(text, 0);
    }

    private void Update()
    {
        // Everything that is called back is called back here, on the main thread.
        session.Poll();
        TrackEnd end;
        while (player.TryTakeEnd(out end))
        {
            if (Heard != null) Heard(end);
        }
    }

    /// <summary>On Unity's audio thread.</summary>
    private void OnAudioFilterRead(float[] data, int channels)
    {
        var current = player;
        if (current != null) current.Read(data, channels);
    }

    private void OnDestroy()
    {
        if (session != null) session.Dispose();
        if (client != null) client.Dispose();
        if (player != null) player.Dispose();
    }

    private static void Report(UtteranceEnd end)
    {
        if (end.Error != null && end.Status != Status.Cancelled) Debug.LogError(end.Error.Message);
    }
}
