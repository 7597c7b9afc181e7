using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Voicewire
{
    /// <summary>The texts and bytes that one call is given, where the garbage collector does not move them, until the call is over.</summary>
    /// <remarks>UTF-8 by hand: what UnmanagedType.LPStr means differs between platforms.</remarks>
    internal sealed unsafe class Texts : IDisposable
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);
        private List<IntPtr> blocks;
        private List<GCHandle> pins;

        /// <summary>A text with its NUL; NULL for null. <paramref name="field"/> is what an error names.</summary>
        public byte* Add(string text, string field)
        {
            if (text == null) return null;
            if (text.IndexOf('\0') >= 0) throw new InvalidArgumentException(field, field + ": holds a NUL character, which no text here may");
            int size;
            try
            {
                size = Utf8.GetByteCount(text);
            }
            catch (EncoderFallbackException error)
            {
                throw new InvalidArgumentException(field, field + ": holds half a surrogate pair: " + error.Message);
            }
            var block = Marshal.AllocHGlobal(size + 1);
            if (blocks == null) blocks = new List<IntPtr>();
            blocks.Add(block);
            var bytes = (byte*)block;
            fixed (char* characters = text)
            {
                Utf8.GetBytes(characters, text.Length, bytes, size);
            }
            bytes[size] = 0;
            return bytes;
        }

        /// <summary>Bytes, not copied; NULL for null.</summary>
        public byte* Add(byte[] bytes)
        {
            if (bytes == null) return null;
            var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            if (pins == null) pins = new List<GCHandle>();
            pins.Add(pin);
            return (byte*)pin.AddrOfPinnedObject();
        }

        public void Dispose()
        {
            if (blocks != null) foreach (var block in blocks) Marshal.FreeHGlobal(block);
            if (pins != null) foreach (var pin in pins) pin.Free();
            blocks = null;
            pins = null;
        }

        /// <summary>A text of the library's; null for NULL.</summary>
        public static string Read(byte* text)
        {
            if (text == null) return null;
            var size = 0;
            while (text[size] != 0) size++;
            return size == 0 ? "" : Encoding.UTF8.GetString(text, size);
        }
    }
}
