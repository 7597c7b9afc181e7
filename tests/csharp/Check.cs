using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Runs the public static methods of the classes that the command line names. What the tests share is here.</summary>
public static class Check
{
    public const string Text = "The quick brown fox jumps over the lazy dog, and then it sleeps.";
    public const string Slow = "fault:chunk-delay=30";

    /// <summary>What is to be cancelled: it does not come to its end by itself, however late the cancel is.</summary>
    public const string Endless = "fault:chunk-delay=30,stall,after=5";

    /// <summary>Longer than anything takes on a busy machine.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    public static int Main(string[] groups)
    {
        foreach (var group in groups)
        {
            var tests = typeof(Check).Assembly.GetType(group, true)
                .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => method.GetParameters().Length == 0 && method.ReturnType == typeof(void) && !method.IsSpecialName);
            foreach (var test in tests)
            {
                try
                {
                    ((Action)Delegate.CreateDelegate(typeof(Action), test))();
                    Console.WriteLine("ok " + group + "." + test.Name);
                }
                catch (Exception error)
                {
                    Console.Error.WriteLine("FAILED " + group + "." + test.Name + "\n" + error);
                    return 1;
                }
            }
        }
        return 0;
    }

    public static void That(bool so, string what)
    {
        if (!so) throw new Exception("not so: " + what + "\n" + new StackTrace(1, true));
    }

    public static void Equal<T>(T expected, T got)
    {
        if (!object.Equals(expected, got)) throw new Exception("got " + got + ", not " + expected + "\n" + new StackTrace(1, true));
    }

    public static void Same(byte[] expected, byte[] got)
    {
        if (!expected.SequenceEqual(got)) throw new Exception("other bytes: " + got.Length + ", not " + expected.Length + "\n" + new StackTrace(1, true));
    }

    public static T Throws<T>(Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (T error)
        {
            Equal(typeof(T), error.GetType());
            return error;
        }
        throw new Exception("it did not throw " + typeof(T).Name + "\n" + new StackTrace(1, true));
    }

    public static InvalidArgumentException Refuses(string field, Action action)
    {
        var error = Throws<InvalidArgumentException>(action);
        Equal(field, error.Field);
        return error;
    }

    /// <summary>What a task comes to; what it failed with is thrown as it was.</summary>
    public static T Wait<T>(System.Threading.Tasks.Task<T> task)
    {
        That(((IAsyncResult)task).AsyncWaitHandle.WaitOne(Long), "it ends in time");
        return task.GetAwaiter().GetResult();
    }

    public static void Wait(System.Threading.Tasks.Task task)
    {
        That(((IAsyncResult)task).AsyncWaitHandle.WaitOne(Long), "it ends in time");
        task.GetAwaiter().GetResult();
    }

    public static void Wait(WaitHandle handle)
    {
        That(handle.WaitOne(Long), "it comes in time");
    }

    /// <summary>
    /// Collects garbage until <paramref name="gone"/> says that it is. It is asked on threads of its own: what it looks at would
    /// stay on this stack otherwise, where Mono's collector takes everything for a reference that looks like one.
    /// </summary>
    public static void Collect(Func<bool> gone)
    {
        var watch = Stopwatch.StartNew();
        var isGone = false;
        while (!isGone)
        {
            That(watch.Elapsed < Long, "finalizers have run");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var asking = new Thread(() => isGone = gone());
            asking.Start();
            asking.Join();
        }
    }

    public static string Folder
    {
        get { return Environment.GetEnvironmentVariable("TEST_DIRECTORY"); }
    }

    public static ClientOptions Options
    {
        get
        {
            return new ClientOptions
            {
                ApiKey = Environment.GetEnvironmentVariable("TEST_KEY"),
                RestUrl = Environment.GetEnvironmentVariable("TEST_REST_URL"),
                WebsocketUrl = Environment.GetEnvironmentVariable("TEST_WEBSOCKET_URL"),
                StreamingUrl = Environment.GetEnvironmentVariable("TEST_STREAMING_URL"),
            };
        }
    }

    public static Client Client()
    {
        return new Client(Options);
    }

    /// <summary>A request that always gives the same audio, whatever the voice's fault.</summary>
    public static SpeechRequest Request(string voice = Voicewire.Deepdub.Client.TrialVoice)
    {
        return new SpeechRequest(Text, voice) { Format = AudioFormat.S16le, SampleRate = 16000, Seed = 7 };
    }
}
