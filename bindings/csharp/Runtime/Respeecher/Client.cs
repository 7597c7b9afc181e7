using System;
using System.Threading;

namespace Voicewire.Respeecher
{
    /// <summary>A key, or an account's address and password. What is null is as by default.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The key. Default, where there is no Email either: the environment variable RESPEECHER_API_KEY.</summary>
        public string ApiKey { get; set; }

        /// <summary>An account's address, to sign in with its password rather than with a key.</summary>
        public string Email { get; set; }

        /// <summary>The account's password.</summary>
        public string Password { get; set; }

        /// <summary>Whether the password stays with the client, which then signs in again when it has to. Default no.</summary>
        public bool? KeepPassword { get; set; }

        /// <summary>Where the service is. Default: RESPEECHER_BASE_URL, else the service's own address.</summary>
        public string BaseUrl { get; set; }

        /// <summary>How HTTP is spoken.</summary>
        public HttpOptions Http { get; set; }
    }

    /// <summary>A client of Respeecher's marketplace: one account. For any number of threads at once.</summary>
    /// <remarks>
    /// Calls block the thread that makes them: they are nothing for a frame of a game. Callbacks come on that thread, and what
    /// they throw comes out of the call. Dispose, from any thread, ends the calls that are under way with CancelledException.
    /// The calls that take a name are those of the service; voicewire.h lists them, with their parameters, at vw_respeecher_call.
    /// </remarks>
    public sealed unsafe partial class Client : IDisposable
    {
        private readonly NativeHandle handle;

        /// <summary>Makes a client; nothing is sent. InvalidArgumentException when there is no key, or a setting has no sense.</summary>
        public Client(ClientOptions options = null)
        {
            Library.Check();
            options = options ?? new ClientOptions();
            IntPtr made;
            using (var texts = new Texts())
            {
                var http = (options.Http ?? new HttpOptions()).Native_(texts);
                Native.vw_respeecher_config config;
                VoicewireException.Check(Native.vw_respeecher_config_init(&config));
                config.api_key = texts.Add(options.ApiKey, "api_key");
                config.email = texts.Add(options.Email, "email");
                config.password = texts.Add(options.Password, "password");
                if (options.KeepPassword != null) config.keep_password = Units.Toggle(options.KeepPassword);
                config.base_url = texts.Add(options.BaseUrl, "base_url");
                config.http = &http;
                VoicewireException.Check(Native.vw_respeecher_client_new(&config, &made));
            }
            handle = Library.Owner(made, free => Native.vw_respeecher_client_free(free));
        }

        /// <summary>Makes one call of the service, by its name; <paramref name="parameters"/> is an object, or null.</summary>
        public Json Call(string name, Json parameters = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_respeecher_call(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }

        /// <summary>The list of a call that answers with pages, such as "list_voices". Nothing is sent before the first item.</summary>
        public PagedList List(string name, Json parameters = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            {
                var scope = CancelScope.For(cancel);
                IntPtr made;
                var status = Native.vw_respeecher_list_open(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                if (status == Native.VW_OK)
                {
                    return new PagedList(
                        made, (list, item) => Native.vw_respeecher_list_next(list, item), free => Native.vw_respeecher_list_free(free), scope);
                }
                var error = VoicewireException.Last(status);
                if (scope != null) scope.Dispose();
                throw error;
            }
        }

        /// <summary>Signs in now; what the service says about the account.</summary>
        public Json Login(CancellationToken cancel = default(CancellationToken))
        {
            using (var scope = CancelScope.For(cancel))
            {
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_respeecher_login(handle.For(this), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }

        /// <summary>Signs out. With a key there is nothing to do.</summary>
        public void Logout(CancellationToken cancel = default(CancellationToken))
        {
            using (var scope = CancelScope.For(cancel))
            {
                CancelScope.Check(scope, Native.vw_respeecher_logout(handle.For(this), CancelScope.Value(scope)));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Makes a call that uploads: "create_recording" or "create_calibration". What the service made.</summary>
        public Json Upload(string name, Json parameters, Upload audio, Func<Transfer, Flow> onProgress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            if (audio == null) throw new ArgumentNullException("audio");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                var upload = audio.Native_(texts);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_respeecher_upload(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), &upload, ProgressScope.TransferPointer(progress),
                    ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                return ProgressScope.Answer(progress, scope, status, made);
            }
        }

        /// <summary>
        /// Makes a call whose answer is a file: "export_project" or "export_conversions". An object with its "path" and "bytes".
        /// </summary>
        public Json Download(string name, Json parameters, SaveTo to, Func<Transfer, Flow> onProgress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            if (to == null) throw new ArgumentNullException("to");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                var where = to.Native_(texts);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_respeecher_download(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), &where, ProgressScope.TransferPointer(progress),
                    ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                return ProgressScope.Answer(progress, scope, status, made);
            }
        }

        /// <summary>Downloads what a "url" in an answer leads to. An object with the file's "path" and "bytes".</summary>
        public Json DownloadUrl(string url, SaveTo to, Func<Transfer, Flow> onProgress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            if (to == null) throw new ArgumentNullException("to");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                var where = to.Native_(texts);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_respeecher_download_url(
                    handle.For(this), texts.Add(url, "url"), &where, ProgressScope.TransferPointer(progress),
                    ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(progress, scope, status, made);
            }
        }

        /// <summary>Ends what is under way, and frees it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
