using System;
using System.Threading;

namespace Voicewire
{
    /// <summary>.NET's ways of saying things, and the C interface's.</summary>
    internal static class Units
    {
        internal static int Toggle(bool? value)
        {
            return value == null ? Native.VW_UNSET : value.Value ? Native.VW_ON : Native.VW_OFF;
        }

        internal static double Number(double? value)
        {
            return value ?? Native.VW_UNSET_NUMBER;
        }

        /// <summary>Whole milliseconds. Timeout.InfiniteTimeSpan has no end; what is below 0 otherwise, or too long, is refused.</summary>
        internal static uint Milliseconds(TimeSpan time, string field)
        {
            if (time == Timeout.InfiniteTimeSpan) return Native.VW_NO_TIMEOUT;
            var milliseconds = Math.Ceiling(time.TotalMilliseconds);
            if (milliseconds < 0 || milliseconds >= Native.VW_NO_TIMEOUT)
            {
                throw new InvalidArgumentException(field, field + ": got " + time + ", takes 0 to 49 days or Timeout.InfiniteTimeSpan");
            }
            return (uint)milliseconds;
        }

        /// <summary>Sets a time limit that is given.</summary>
        internal static void Set(ref uint milliseconds, TimeSpan? value, string field)
        {
            if (value != null) milliseconds = Milliseconds(value.Value, field);
        }

        internal static UIntPtr Size(long value, string field)
        {
            if (value < 0) throw new InvalidArgumentException(field, field + ": got " + value + ", takes 0 or more");
            return (UIntPtr)(ulong)value;
        }

        internal static TimeSpan Time(double milliseconds)
        {
            return TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));
        }

        internal static double? Given(double value)
        {
            return double.IsNaN(value) ? (double?)null : value;
        }
    }
}
