import time,sys
sys.path.insert(0,'tests')
def test_x(browser, serve):
    t0=time.time()
    c=browser.new_context(viewport={"width":1280,"height":1600}); p=c.new_page(); a=serve(); print('serve',time.time()-t0)
    p.goto(f"{a}/voices"); bar=p.locator(".js-plotly-plot .bars .point path").first; bar.wait_for(timeout=120000); print('bar',time.time()-t0)
    p.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]"); print('ready',time.time()-t0)
    s=p.get_by_placeholder("Search the comments")
    for i in range(10):
        p.wait_for_timeout(500); b=bar.bounding_box(); p.mouse.move(b["x"]+10,b["y"]+b["height"]/2); p.wait_for_timeout(300); p.mouse.down(); p.mouse.up(); p.wait_for_timeout(900)
        if s.count(): break
    print('clicked',i,time.time()-t0)
