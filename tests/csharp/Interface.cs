using System;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using Voicewire;

/// <summary>Where the fields of the generated structs lie: printed, for the runner to compare with what C says.</summary>
public static class Layout
{
    public static void Print()
    {
        foreach (var one in Interface.Native.GetNestedTypes(BindingFlags.NonPublic).Where(type => type.IsValueType))
        {
            Console.WriteLine(one.Name + " " + Marshal.SizeOf(one));
            foreach (var field in one.GetFields(BindingFlags.NonPublic | BindingFlags.Instance))
            {
                Console.WriteLine(one.Name + "." + field.Name + " " + (int)Marshal.OffsetOf(one, field.Name));
            }
        }
    }
}

/// <summary>The interface as a whole.</summary>
public static class Interface
{
    internal static readonly Type Native = typeof(Library).Assembly.GetType("Voicewire.Native", true);

    public static void EveryStatusHasItsExceptionAndAName()
    {
        var native = Native.GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.Name.StartsWith("VW_ERR_"))
            .ToDictionary(field => field.Name, field => (int)field.GetRawConstantValue());
        var statuses = Enum.GetValues(typeof(Status)).Cast<Status>().Where(status => status != Status.Ok).ToArray();
        Check.That(native.Count >= 20, "statuses");
        Check.Equal(native.Count, statuses.Length);
        foreach (var status in statuses) Check.Equal((int)status, native[Library.NameOf(status)]);
        var kinds = typeof(VoicewireException).Assembly.GetTypes().Where(type => type.BaseType == typeof(VoicewireException)).ToArray();
        Check.Equal(statuses.Length, kinds.Length);
        Check.That(statuses.All(status => Library.Describe(status) != "unknown"), "all are described");
    }

    public static void EveryNumberOfAnEnumerationIsPublic()
    {
        var groups = new[]
        {
            Tuple.Create("VW_FORMAT_", typeof(AudioFormat)), Tuple.Create("VW_SESSION_", typeof(Voicewire.Deepdub.SessionState)),
            Tuple.Create("VW_DELIVERY_", typeof(Voicewire.Deepdub.Delivery)), Tuple.Create("VW_PLAYER_", typeof(PlayerActivity)),
            Tuple.Create("VW_LOG_", typeof(LogLevel)), Tuple.Create("VW_REGION_", typeof(Voicewire.Deepdub.Region)),
            Tuple.Create("VW_OUTBOX_", typeof(Voicewire.Deepdub.OutboxState)), Tuple.Create("VW_WAV_", typeof(WavSamples)),
            Tuple.Create("VW_JSON_", typeof(JsonType)), Tuple.Create("VW_RESPEECHER_", typeof(Voicewire.Respeecher.Stage)),
            Tuple.Create("VW_PALABRA_CLONE_", typeof(Voicewire.Palabra.CloneStage)),
        };
        foreach (var group in groups)
        {
            var native = Native.GetFields(BindingFlags.NonPublic | BindingFlags.Static)
                .Where(field => field.Name.StartsWith(group.Item1) && !field.Name.EndsWith("_SIZE"))
                .Select(field => (int)field.GetRawConstantValue()).OrderBy(number => number);
            var here = Enum.GetValues(group.Item2).Cast<int>().OrderBy(number => number);
            Check.That(native.SequenceEqual(here), group.Item1);
        }
    }

    /// <summary>IL2CPP can hand out no other methods to native code.</summary>
    public static void WhatIsCalledBackIsStaticAndMarked()
    {
        var delegates = Native.GetNestedTypes(BindingFlags.NonPublic).Where(type => typeof(Delegate).IsAssignableFrom(type)).ToArray();
        var marked = typeof(Library).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes(false).Any(mark => mark.GetType().Name == "MonoPInvokeCallbackAttribute"))
            .ToArray();
        Check.That(marked.All(method => method.IsStatic), "all are static");
        foreach (var field in typeof(Library).Assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.NonPublic | BindingFlags.Static))
            .Where(field => delegates.Contains(field.FieldType)))
        {
            var target = ((Delegate)field.GetValue(null)).Method;
            Check.That(marked.Contains(target), target.DeclaringType + "." + target.Name + " is marked");
        }
        Check.That(marked.Length >= 6, "there are some");
    }

    public static void TheVersionIsThePackage()
    {
        Check.Equal(Library.PackageVersion, Library.Version);
    }

    public static void NothingWantsMarshalling()
    {
        foreach (var method in Native.GetMethods(BindingFlags.NonPublic | BindingFlags.Static))
        {
            foreach (var type in method.GetParameters().Select(parameter => parameter.ParameterType).Concat(new[] { method.ReturnType }))
            {
                Check.That(type.IsPrimitive || type.IsPointer || type == typeof(void), method.Name + ": " + type);
            }
        }
    }
}
