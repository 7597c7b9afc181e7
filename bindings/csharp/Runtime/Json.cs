using System;
using System.Text;

namespace Voicewire
{
    /// <summary>What a place in a JSON value holds.</summary>
    public enum JsonType
    {
        /// <summary>Nothing is there.</summary>
        Absent = Native.VW_JSON_ABSENT,
        /// <summary>null.</summary>
        Null = Native.VW_JSON_NULL,
        /// <summary>true or false.</summary>
        Bool = Native.VW_JSON_BOOL,
        /// <summary>A number.</summary>
        Number = Native.VW_JSON_NUMBER,
        /// <summary>A text.</summary>
        Text = Native.VW_JSON_TEXT,
        /// <summary>An array.</summary>
        Array = Native.VW_JSON_ARRAY,
        /// <summary>An object.</summary>
        Object = Native.VW_JSON_OBJECT,
    }

    /// <summary>A JSON value: what services answer, and what they are sent. Places in it are named by JSON pointers (RFC 6901).</summary>
    /// <remarks>
    /// Such a pointer is "/list/0/name"; "" is the whole. What is not there, or of another type, is null. Any number of threads
    /// may read a value at once.
    /// </remarks>
    public sealed unsafe class Json : IDisposable
    {
        private readonly NativeHandle handle;

        /// <summary>An empty object. Parse("[]") makes an array.</summary>
        public Json()
        {
            Library.Check();
            IntPtr made;
            VoicewireException.Check(Native.vw_json_new(&made));
            handle = Owner(made);
        }

        internal Json(IntPtr made)
        {
            handle = Owner(made);
        }

        /// <summary>Reads a JSON text. InvalidArgumentException when it is none.</summary>
        public static Json Parse(string text)
        {
            if (text == null) throw new ArgumentNullException("text");
            Library.Check();
            var bytes = Encoding.UTF8.GetBytes(text);
            IntPtr made;
            fixed (byte* first = bytes)
            {
                VoicewireException.Check(Native.vw_json_parse(first, (UIntPtr)bytes.Length, &made));
            }
            return new Json(made);
        }

        /// <summary>What is at a place.</summary>
        public JsonType TypeOf(string pointer = "")
        {
            return (JsonType)Read(pointer, place => Native.vw_json_type_of(Handle, (byte*)place));
        }

        /// <summary>The text at a place.</summary>
        public string Text(string pointer = "")
        {
            return Read(pointer, place => Texts.Read(Native.vw_json_str(Handle, (byte*)place)));
        }

        /// <summary>The whole number at a place.</summary>
        public long? Integer(string pointer = "")
        {
            return Read(pointer, place =>
            {
                var found = Native.vw_json_int(Handle, (byte*)place, 0);
                // Nothing that is there is both.
                var isThere = found != 0 || Native.vw_json_int(Handle, (byte*)place, 1) == 0;
                return isThere ? found : (long?)null;
            });
        }

        /// <summary>The number at a place.</summary>
        public double? Number(string pointer = "")
        {
            return Read(pointer, place => Units.Given(Native.vw_json_number(Handle, (byte*)place, double.NaN)));
        }

        /// <summary>The bool at a place.</summary>
        public bool? Bool(string pointer = "")
        {
            return Read(pointer, place =>
            {
                var found = Native.vw_json_bool(Handle, (byte*)place);
                return found == Native.VW_UNSET ? (bool?)null : found == Native.VW_ON;
            });
        }

        /// <summary>How many there are in an array or object; 0 for anything else.</summary>
        public int Count(string pointer = "")
        {
            return Read(pointer, place => checked((int)(ulong)Native.vw_json_size(Handle, (byte*)place)));
        }

        /// <summary>The name of an object's member, by its place from 0; null beyond the last.</summary>
        public string Key(string pointer, int index)
        {
            if (index < 0) return null;
            return Read(pointer, place => Texts.Read(Native.vw_json_key(Handle, (byte*)place, (UIntPtr)index)));
        }

        /// <summary>A copy of what is at a place. InvalidArgumentException when nothing is there.</summary>
        public Json At(string pointer)
        {
            return Read(pointer, place =>
            {
                IntPtr made;
                VoicewireException.Check(Native.vw_json_get(Handle, (byte*)place, &made));
                return new Json(made);
            });
        }

        /// <summary>What is at a place as JSON, without spaces. InvalidArgumentException when nothing is there.</summary>
        public string Dump(string pointer = "")
        {
            return Read(pointer, place =>
            {
                byte* text;
                VoicewireException.Check(Native.vw_json_text(Handle, (byte*)place, &text));
                return Texts.Read(text);
            });
        }

        /// <summary>All of it as JSON.</summary>
        public override string ToString()
        {
            return Dump();
        }

        /// <summary>Puts a text at a place, null for null, and makes what is missing on the way. Returns this value.</summary>
        public Json Set(string pointer, string value)
        {
            using (var texts = new Texts())
            {
                var text = texts.Add(value, "value");
                return Put(pointer, place => text == null
                    ? Native.vw_json_set_null(Handle, (byte*)place)
                    : Native.vw_json_set_str(Handle, (byte*)place, text));
            }
        }

        /// <summary>Puts a whole number at a place.</summary>
        public Json Set(string pointer, long value)
        {
            return Put(pointer, place => Native.vw_json_set_int(Handle, (byte*)place, value));
        }

        /// <summary>Puts a number at a place. InvalidArgumentException for what is not finite.</summary>
        public Json Set(string pointer, double value)
        {
            return Put(pointer, place => Native.vw_json_set_number(Handle, (byte*)place, value));
        }

        /// <summary>Puts true or false at a place.</summary>
        public Json Set(string pointer, bool value)
        {
            return Put(pointer, place => Native.vw_json_set_bool(Handle, (byte*)place, value ? Native.VW_ON : Native.VW_OFF));
        }

        /// <summary>Puts a copy of another value at a place.</summary>
        public Json Set(string pointer, Json value)
        {
            if (value == null) return Set(pointer, (string)null);
            var changed = Put(pointer, place => Native.vw_json_set_json(Handle, (byte*)place, value.Handle));
            GC.KeepAlive(value);
            return changed;
        }

        /// <summary>Frees it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        internal IntPtr Handle
        {
            get { return handle.For(this); }
        }

        /// <summary>For a call's parameters: NULL for null.</summary>
        internal static IntPtr Value(Json value)
        {
            return value == null ? IntPtr.Zero : value.Handle;
        }

        private static NativeHandle Owner(IntPtr made)
        {
            return new NativeHandle(made, free => Native.vw_json_free(free));
        }

        private T Read<T>(string pointer, Func<IntPtr, T> read)
        {
            if (pointer == null) throw new ArgumentNullException("pointer");
            using (var texts = new Texts())
            {
                var found = read((IntPtr)texts.Add(pointer, "pointer"));
                GC.KeepAlive(this);
                return found;
            }
        }

        private Json Put(string pointer, Func<IntPtr, int> put)
        {
            VoicewireException.Check(Read(pointer, put));
            return this;
        }
    }
}
