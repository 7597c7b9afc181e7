using System;
using System.Collections.Generic;
using System.Reflection;

/// <summary>As much of Unity as the sample sees, so that it compiles and runs here as it stands.</summary>
namespace UnityEngine
{
    public class MonoBehaviour { }

    public sealed class AudioSource { }

    public static class AudioSettings
    {
        public static int outputSampleRate = 44100;
    }

    public static class Debug
    {
        public static readonly List<string> Errors = new List<string>();

        public static void LogError(object message)
        {
            Errors.Add(message.ToString());
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type type) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string text) { }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TextAreaAttribute : Attribute { }

    /// <summary>Sends a behaviour the engine's messages, which are private methods.</summary>
    public sealed class Engine
    {
        private readonly MonoBehaviour behaviour;

        public Engine(MonoBehaviour behaviour)
        {
            this.behaviour = behaviour;
        }

        public void Send(string message, params object[] arguments)
        {
            behaviour.GetType().GetMethod(message, BindingFlags.NonPublic | BindingFlags.Instance).Invoke(behaviour, arguments);
        }

        public Action<float[], int> AudioThread()
        {
            return (Action<float[], int>)Delegate.CreateDelegate(
                typeof(Action<float[], int>), behaviour, behaviour.GetType().GetMethod("OnAudioFilterRead", BindingFlags.NonPublic | BindingFlags.Instance));
        }
    }
}
