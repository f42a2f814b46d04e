// Boost.Beast and Asio, as this project uses them. Included by few files of this room only: compiling Asio takes long.
#ifndef WIREWATCH_MONITORING_HTTP_BEAST_HANDLES_H_
#define WIREWATCH_MONITORING_HTTP_BEAST_HANDLES_H_

// One thread runs the event loop, so its handlers need no fences; ThreadSanitizer would not understand them. What other
// threads post goes through the loop's mutex.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK

// clang-format off
#include <utility>  // first: Asio 1.74 uses std::exchange without including it
// clang-format on

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace wirewatch {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = boost::asio::ip::tcp;
using AsioError = boost::system::error_code;

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_BEAST_HANDLES_H_
