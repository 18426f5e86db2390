"""Texts of sign-in and passwords."""

TEXTS = {
    "sign_in.title": ("登录农课", "Sign in to Nongke"),
    "sign_in.name": ("账号", "Name"),
    "sign_in.password": ("密码", "Password"),
    "sign_in.submit": ("登录", "Sign in"),
    "sign_in.wrong": ("账号或密码不对，请重新输入。", "Name or password is wrong."),
    "sign_in.missing": ("请填写账号和密码。", "Enter a name and a password."),
    "sign_in.wait": (
        "尝试次数太多，请 {minutes} 分钟后再试。",
        "Too many attempts. Try again in {minutes} min.",
    ),
    "sign_in.busy": (
        "这个账号正在登录，请稍等一秒再试。",
        "This account is just signing in; try again in a second.",
    ),
    "sign_in.foreign": (
        "登录请求来自别的网站，已拒绝。请在本页面登录。",
        "The request came from another site. Sign in on this page.",
    ),
    "sign_in.help": (
        "忘记密码？请管理员重置：nongke account reset-password 账号",
        "Forgotten? An administrator resets it: nongke account reset-password NAME",
    ),
    "password.title": ("设置您自己的密码", "Choose your own password"),
    "password.first": (
        "您用的是一次性密码。请先设置自己的密码，再继续使用。",
        "You signed in with a one-time password. Choose your own to go on.",
    ),
    "password.rule": (
        "至少 10 个字符，不要包含账号名。",
        "At least 10 characters, without the account's name.",
    ),
    "password.current": ("现在的密码", "Present password"),
    "password.new": ("新密码", "New password"),
    "password.again": ("再输一遍新密码", "New password again"),
    "password.submit": ("保存密码", "Save password"),
    "password.wrong": ("现在的密码不对。", "The present password is wrong."),
    "password.differ": ("两次输入的新密码不一样。", "The two new passwords differ."),
    "password.same": (
        "新密码不能和现在的密码一样。",
        "The new password is the same as the present one.",
    ),
    "password.too_short": ("新密码太短，至少 10 个字符。", "At least 10 characters are needed."),
    "password.too_long": ("新密码太长，最多 200 个字符。", "At most 200 characters."),
    "password.too_plain": (
        "新密码太简单：不要包含账号名，也不要重复几个字符。",
        "Too plain: do not use the account's name or a few repeated characters.",
    ),
}
