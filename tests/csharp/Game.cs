using System;
using System.Collections.Generic;
using System.Linq;
using UnityEngine;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>The Unity sample, in an engine of two channels.</summary>
public static class Game
{
    private static SpeakOnStart Behaviour()
    {
        return new SpeakOnStart { apiKey = Environment.GetEnvironmentVariable("TEST_KEY"), text = "Who goes there?" };
    }

    private static Player Player(SpeakOnStart behaviour)
    {
        var field = typeof(SpeakOnStart).GetField("player", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance);
        return (Player)field.GetValue(behaviour);
    }

    /// <summary>The line as the player's rate has it.</summary>
    private static float[] Expected(string text)
    {
        using (var client = Check.Client())
        {
            DecoderInfo info;
            var request = new SpeechRequest(text, Client.TrialVoice) { Format = AudioFormat.Mp3, SampleRate = 48000, Realtime = true, Seed = 7 };
            return client.Tts(request).ToSamples(out info, 44100, 1);
        }
    }

    public static void TheSampleIsHeardWhole()
    {
        Environment.SetEnvironmentVariable("DEEPDUB_BASE_WEBSOCKET_URL", Environment.GetEnvironmentVariable("TEST_WEBSOCKET_URL"));
        var behaviour = Behaviour();
        var engine = new Engine(behaviour);
        var heard = new List<float>();
        var ends = new List<TrackEnd>();
        behaviour.Heard += ends.Add;
        var block = new float[2 * 512];
        var audio = engine.AudioThread();
        audio(block, 2);
        Check.That(block.All(sample => sample == 0), "silent before Start");
        engine.Send("Start");
        // All of it is there before it begins, so that no underrun depends on this machine's mood.
        while (!Player(behaviour).State.TrackIsComplete) engine.Send("Update");
        while (ends.Count < 1)
        {
            audio(block, 2);
            for (var i = 0; i < block.Length; i += 2)
            {
                Check.Equal(block[i], block[i + 1]);
                heard.Add(block[i]);
            }
            engine.Send("Update");
        }
        Check.Equal(Status.Ok, ends[0].Status);
        var expected = Expected(behaviour.text);
        Check.Equal((long)expected.Length, ends[0].FramesPlayed);
        Check.Equal(0L, ends[0].Underruns);
        var sound = heard.SkipWhile(sample => sample == 0).ToArray();
        var begin = Array.FindIndex(expected, sample => sample != 0);
        for (var i = 0; begin + i < expected.Length; i++) Check.Equal(expected[begin + i], sound[i]);
        Check.That(sound.Skip(expected.Length - begin).All(sample => sample == 0), "silence after");
        Save(heard);

        // Interrupted, and gone.
        behaviour.Speak(Check.Text, 1);
        while (!heard.Skip(heard.Count - 512).Any(sample => sample != 0))
        {
            engine.Send("Update");
            audio(block, 2);
            heard.AddRange(block.Where((sample, i) => i % 2 == 0));
        }
        behaviour.Interrupt();
        audio(block, 2);
        audio(block, 2);
        Check.That(block.All(sample => sample == 0), "silent after the read that follows");
        while (ends.Count < 2) { engine.Send("Update"); audio(block, 2); }
        Check.Equal(Status.Cancelled, ends[1].Status);
        Check.That(ends[1].Flushed && ends[1].Id == 1, "flushed");
        engine.Send("OnDestroy");
        audio(block, 2);
        Check.That(block.All(sample => sample == 0), "silent at the end");
        Check.That(UnityEngine.Debug.Errors.Count == 0, string.Join("; ", UnityEngine.Debug.Errors));
    }

    /// <summary>A WAV file of what was heard, for the runner and for ears.</summary>
    private static void Save(List<float> heard)
    {
        var data = new byte[heard.Count * 2];
        for (var i = 0; i < heard.Count; i++)
        {
            var sample = (short)Math.Round(Math.Max(-1, Math.Min(1, heard[i])) * 32767);
            data[2 * i] = (byte)sample;
            data[2 * i + 1] = (byte)(sample >> 8);
        }
        using (var file = new AudioFile(System.IO.Path.Combine(Check.Folder, "heard.wav"), AudioFormat.S16le, 44100))
        {
            file.Write(data);
            file.Finish();
        }
    }

    public static void AnEngineThatStopsTooEarlyIsNoProblem()
    {
        var behaviour = Behaviour();
        new Engine(behaviour).Send("OnDestroy");
        behaviour = Behaviour();
        var engine = new Engine(behaviour);
        engine.Send("Start");
        engine.Send("OnDestroy");
    }

    public static void FailuresAreLogged()
    {
        var behaviour = Behaviour();
        behaviour.voicePromptId = "fault:error=InvalidInput";
        var engine = new Engine(behaviour);
        engine.Send("Start");
        while (UnityEngine.Debug.Errors.Count == 0) engine.Send("Update");
        Check.That(UnityEngine.Debug.Errors.Single().Contains("InvalidInput"), "logged");
        engine.Send("OnDestroy");
    }
}
